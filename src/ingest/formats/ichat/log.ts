/** What a log of iChat holds, whichever way it was written down. */

/** Somebody on a service, as the log names him. */
export interface Presentity {
  readonly service?: string | undefined;
  readonly id: string;
}

export interface LoggedMessage {
  /** Absent: a line of iChat itself. */
  readonly sender?: Presentity | undefined;
  /** Seconds since 2001. */
  readonly seconds: number | undefined;
  readonly text: string | undefined;
  readonly html?: string | undefined;
  readonly guid?: string | undefined;
  /** Names of files that its text stands for. */
  readonly files: readonly string[];
  readonly flags?: number | undefined;
  readonly status?: number | undefined;
}

export interface ChatLog {
  readonly service: string | undefined;
  /** The others, without the one whose log it is. */
  readonly peers: readonly Presentity[];
  /** Everybody, where the log lists them. */
  readonly everybody: readonly string[];
  /** Address → display name. */
  readonly names: ReadonlyMap<string, string>;
  /** `AIM;-;somebody`, with + for a room. */
  readonly chat: string | undefined;
  /** As many as there are; each read for itself, so that one that is damaged leaves the others. */
  readonly count: number;
  message(index: number): LoggedMessage | undefined;
}
