import { connect, createServer, type Socket } from 'node:net';

export interface WireTap {
  readonly url: string;
  /** When the first byte of the order POST of this account and quantity arrived (performance.now), if it has. */
  orderByteAt(accountNumber: string, quantity: number): number | undefined;
  close(): Promise<void>;
}

const ORDER_POST = 'POST /uapi/domestic-stock/v1/trading/order-cash';

/** Stands between the sender and the venue, passes every byte on at once and notes when orders go by. `port` is the venue's. */
export async function openWireTap(port: number): Promise<WireTap> {
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
      if (text.startsWith(ORDER_POST)) order = { at: performance.now(), text };
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
    orderByteAt: (accountNumber, quantity) => seen.get(`${accountNumber}|${quantity}`),
    async close() {
      for (const socket of sockets) socket.destroy();
      await new Promise((resolve) => server.close(resolve));
    },
  };
}
