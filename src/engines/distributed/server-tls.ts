/** How a client speaks to a server over TLS: the contents of PEM files. Absent parts are the system's, or none. */
export interface ServerTls {
  readonly ca?: string;
  readonly cert?: string;
  readonly key?: string;
}
