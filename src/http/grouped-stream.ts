import type { Stream } from '../core/ports/stream.ts';
import type { LogName } from '../core/record.ts';

interface Waiting {
  readonly messages: readonly string[];
  resolve(): void;
  reject(error: unknown): void;
}

/** Appends of one log that come while another is on its way go together in the next: one write to the disk for many. */
export class GroupedStream implements Pick<Stream, 'append'> {
  readonly #stream: Pick<Stream, 'append'>;
  readonly #waiting = new Map<LogName, Waiting[]>();

  constructor(stream: Pick<Stream, 'append'>) {
    this.#stream = stream;
  }

  append(log: LogName, messages: readonly string[]): Promise<void> {
    return new Promise((resolve, reject) => {
      const queue = this.#waiting.get(log);
      if (queue !== undefined) {
        queue.push({ messages, resolve, reject });
        return;
      }
      const first: Waiting[] = [{ messages, resolve, reject }];
      this.#waiting.set(log, first);
      void this.#send(log);
    });
  }

  async #send(log: LogName): Promise<void> {
    for (;;) {
      const group = this.#waiting.get(log) ?? [];
      if (group.length === 0) {
        this.#waiting.delete(log);
        return;
      }
      this.#waiting.set(log, []);
      try {
        await this.#stream.append(
          log,
          group.flatMap(({ messages }) => messages),
        );
        for (const each of group) each.resolve();
      } catch (error) {
        // Ambiguous for all of them: none may go on as if it were written.
        for (const each of group) each.reject(error);
      }
    }
  }
}
