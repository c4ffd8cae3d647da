import type { OrderView } from '#lib/db/orders.ts';

/** Cells that a spreadsheet would read as a formula are quoted as text. */
function cell(value: string | number | null): string {
  if (value === null) return '';
  if (typeof value === 'number') return String(value);
  const safe = /^[=+\-@\t\r]/.test(value) ? `'${value}` : value;
  return /[",\n\r]/.test(safe) ? `"${safe.replaceAll('"', '""')}"` : safe;
}

const COLUMNS: readonly [string, (order: OrderView) => string | number | null][] = [
  ['id', (order) => order.id],
  ['created_at', (order) => order.createdAt],
  ['stock_code', (order) => order.symbol],
  ['stock_name', (order) => order.name],
  ['side', (order) => order.side],
  ['status', (order) => order.status],
  ['price_type', (order) => order.priceType],
  ['quantity', (order) => order.quantity],
  ['price', (order) => order.price],
  ['filled_quantity', (order) => order.cumQuantity],
  ['filled_amount', (order) => order.cumAmount],
  ['average_price', (order) => order.averagePrice],
  ['broker_order_id', (order) => order.brokerOrderId],
  ['origin', (order) => order.origin],
  ['denial_code', (order) => order.denialCode],
];

/** Orders as CSV with a header row; begins with a byte order mark, without which Excel reads Korean as noise. */
export function ordersCsv(orders: readonly OrderView[]): string {
  const lines = [COLUMNS.map(([name]) => name), ...orders.map((order) => COLUMNS.map(([, read]) => cell(read(order))))];
  return `\uFEFF${lines.map((line) => line.join(',')).join('\r\n')}\r\n`;
}
