/** What the path of a transcript says: the other side, the day, and whether it is a meeting of several. */

export interface PathFacts {
  readonly peer?: string;
  readonly room?: string;
  /** Midnight as if UTC. */
  readonly day?: number;
}

/** `<contact>/20060814/…log.html` and `[multi-way]/20150302 … {Name}/….html`; `x2fx` stands for a slash. */
export function pathFacts(name: string): PathFacts {
  const folders = name.split('/').slice(0, -1);
  const at = folders.findLastIndex((folder) => /^\d{8}(?!\d)/u.test(folder));
  const dated = folders[at];
  if (dated === undefined) return {};
  const day = Date.UTC(Number(dated.slice(0, 4)), Number(dated.slice(4, 6)) - 1, Number(dated.slice(6, 8)));
  const valid = new Date(day).toISOString().slice(0, 10).replaceAll('-', '') === dated.slice(0, 8);
  const contact = folders[at - 1];
  const room = /\{\s*([^{}]{1,300}?)\s*\}/u.exec(dated)?.[1];
  const isRoom = contact === '[multi-way]' || room !== undefined;
  return {
    ...(valid && { day }),
    ...(isRoom
      ? { room: unescaped(room ?? dated) }
      : contact !== undefined && contact !== '' && { peer: unescaped(contact) }),
  };
}

const unescaped = (text: string): string =>
  text
    .replaceAll(/\s*x([\da-fA-F]{2})x\s*/gu, (_all, hex: string) =>
      String.fromCharCode(Number.parseInt(hex, 16)),
    )
    .toWellFormed();
