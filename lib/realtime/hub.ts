import type { RealtimeChannel, SupabaseClient } from '@supabase/supabase-js';

export type LinkState = 'connecting' | 'live' | 'down';
export interface LinkStatus {
  readonly state: LinkState;
  /** When every topic was last joined; null before the first time. */
  readonly lastLiveAt: number | null;
  /** How often the link came back. */
  readonly reconnects: number;
}

export interface TopicListener {
  onMessage(event: string, payload: unknown): void;
  /**
   * The topic is joined, for the first time, again, or already when this listener came: what was sent before is not on it, nor what
   * happened between the server's read of the page and now. Read again.
   */
  onJoined(): void;
}

interface Topic {
  readonly channel: RealtimeChannel;
  readonly listeners: Set<TopicListener>;
  isJoined: boolean;
  wasJoined: boolean;
}

/** One per browser tab: joins each topic once however many parts of the screen listen, and knows whether the link is alive. */
export class RealtimeHub {
  readonly #client: SupabaseClient;
  readonly #topics = new Map<string, Topic>();
  readonly #watchers = new Set<() => void>();
  #status: LinkStatus = { state: 'connecting', lastLiveAt: null, reconnects: 0 };
  #authorised: Promise<unknown> | null = null;

  constructor(client: SupabaseClient) {
    this.#client = client;
  }

  status = (): LinkStatus => this.#status;

  watchStatus = (watcher: () => void): (() => void) => {
    this.#watchers.add(watcher);
    return () => this.#watchers.delete(watcher);
  };

  /** Starts listening; the returned function stops it and leaves the topic when nobody else listens. */
  listen(name: string, listener: TopicListener): () => void {
    const topic = this.#topics.get(name) ?? this.#join(name);
    topic.listeners.add(listener);
    if (topic.isJoined) queueMicrotask(() => topic.listeners.has(listener) && listener.onJoined());
    return () => {
      topic.listeners.delete(listener);
      if (topic.listeners.size > 0) return;
      // A page that opens the same topic right after this one closed keeps the join.
      setTimeout(() => {
        if (topic.listeners.size > 0 || this.#topics.get(name) !== topic) return;
        this.#topics.delete(name);
        void this.#client.removeChannel(topic.channel);
        this.#refresh();
      }, 1_000);
    };
  }

  #join(name: string): Topic {
    const channel = this.#client.channel(name, { config: { private: true } });
    const topic: Topic = { channel, listeners: new Set(), isJoined: false, wasJoined: false };
    this.#topics.set(name, topic);
    channel.on('broadcast', { event: '*' }, (message) => {
      for (const listener of topic.listeners) listener.onMessage(message.event, message.payload);
    });
    // Without a token set first, the first join goes out without one and is refused.
    this.#authorised ??= this.#client.realtime.setAuth();
    void this.#authorised.then(() => {
      if (this.#topics.get(name) !== topic) return;
      channel.subscribe((state) => this.#onState(topic, state === 'SUBSCRIBED'));
    });
    this.#refresh();
    return topic;
  }

  #onState(topic: Topic, isJoined: boolean): void {
    topic.isJoined = isJoined;
    if (isJoined) {
      topic.wasJoined = true;
      for (const listener of topic.listeners) listener.onJoined();
    }
    this.#refresh();
  }

  #refresh(): void {
    const topics = [...this.#topics.values()];
    const isLive = topics.length > 0 && topics.every((topic) => topic.isJoined);
    const wasLive = this.#status.state === 'live';
    // Joining one more topic is no loss: the link is down only when a topic that was joined is not any more.
    const isLost = topics.some((topic) => topic.wasJoined && !topic.isJoined);
    const state: LinkState = isLive ? 'live' : isLost ? 'down' : wasLive ? 'live' : this.#status.state;
    if (state === this.#status.state && !isLive) return;
    this.#status = {
      state,
      lastLiveAt: state === 'live' || wasLive ? Date.now() : this.#status.lastLiveAt,
      reconnects: this.#status.reconnects + (state === 'live' && this.#status.state === 'down' ? 1 : 0),
    };
    for (const watcher of this.#watchers) watcher();
  }
}
