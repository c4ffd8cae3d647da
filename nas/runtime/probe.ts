/** The container's health check: `node nas/runtime/probe.ts <port>` exits 0 when the service on that port says it is healthy. */
const port = Number(process.argv[2]);
const answer = await fetch(`http://127.0.0.1:${port}/health`, { signal: AbortSignal.timeout(4_000) }).catch(() => null);
process.exit(answer?.ok ? 0 : 1);

export {};
