/** Time and chance come in from outside; `core` and the features never ask for them themselves. */
export interface Clock {
  /** Milliseconds since 1970 UTC. */
  now(): number;
}

export interface Random {
  /** Cryptographically strong bytes. */
  bytes(length: number): Uint8Array;
}
