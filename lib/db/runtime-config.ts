/** What a browser must know of the stack; handed over by the server with each page. */
export interface RuntimeConfig {
  readonly supabaseUrl: string;
  readonly publishableKey: string;
  readonly isDemo: boolean;
}
