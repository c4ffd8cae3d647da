import { connect, createServer, type Socket } from 'node:net';

export interface WireTap {
  readonly url: string;
  /** When the first byte of each new order, and of each change or cancel, came (performance.now). */
  readonly orders: readonly number[];
  readonly changes: readonly number[];
  /** When the first byte of the order POST of this account and quantity arrived (performance.now), if it has. */
  orderByteAt(accountNumber: string, quantity: number): number | undefined;
  close(): Promise<void>;
}

const ORDER_POST = 'POST /uapi/domestic-stock/v1/trading/order-cash';
const CHANGE_POST = 'POST /uapi/domestic-stock/v1/trading/order-rvsecncl';

/** Stands between the sender and the venue, passes every byte on at once and notes when orders go by. `port` is the venue's. */
export async function openWireTap(port: number): Promise<WireTap> {
  const orders: number[] = [];
  const changes: number[] = [];
  const seen = new Map<string, number>();
  const sockets = new Set<Socket>();
  const server = createServer({ noDelay: true }, (client) => {
    const venue = connect({ port, host: '127.0.0.1', noDelay: true });
    for (const socket of [client, venue]) {
      sockets.add(socket);
      socket.on('close', () => sockets.delete(socket)).on('error', () => socket.destroy());
    }
    let order: { at: number; text: string } | null = null;
    client.on('data', (chunk) => {
      const text = chunk.toString('latin1');
      const at = performance.now();
      if (text.startsWith(ORDER_POST)) {
        orders.push(at);
        order = { at, text };
      } else if (text.startsWith(CHANGE_POST)) changes.push(at);
      else if (order) order.text += text;
      const account = /"CANO":"(\d+)"/.exec(order?.text ?? '')?.[1];
      const quantity = /"ORD_QTY":"(\d+)"/.exec(order?.text ?? '')?.[1];
      if (order && account && quantity) {
        seen.set(`${account}|${quantity}`, order.at);
        order = null;
      }
    });
    client.pipe(venue).pipe(client);
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const address = server.address() as { port: number };
  return {
    url: `http://127.0.0.1:${address.port}`,
    orders,
    changes,
    orderByteAt: (accountNumber, quantity) => seen.get(`${accountNumber}|${quantity}`),
    async close() {
      for (const socket of sockets) socket.destroy();
      await new Promise((resolve) => server.close(resolve));
    },
  };
}
