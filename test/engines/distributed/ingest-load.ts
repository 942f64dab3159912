import { setTimeout as sleep } from 'node:timers/promises';
import type { Stream } from '../../../src/core/ports/stream.ts';
import { carried, messageEvent } from '../../archive/workshop.ts';

/** Events appended to a stream, a few at a time, until it is told to stop. */
export interface Load {
  /** Ids of the events whose append resolved. */
  readonly sent: ReadonlySet<string>;
  /** Ends it; rejects with what an append was rejected with. */
  stop(): Promise<void>;
}

export interface LoadSettings {
  readonly partitions: number;
  /** Events in one append; default 40. */
  readonly chunk?: number;
  /** Pause between appends, ms; default 40. */
  readonly pauseMs?: number;
}

/** Appends to the logs in turn. Every tenth chunk is appended twice, as after an ambiguous answer. */
export function startLoad(stream: Stream, { partitions, chunk = 40, pauseMs = 40 }: LoadSettings): Load {
  const sent = new Set<string>();
  let isOver = false;
  const work = async (): Promise<void> => {
    for (let round = 0; !isOver; round++) {
      const log = round % partitions;
      const events = Array.from({ length: chunk }, (_, i) =>
        messageEvent(round * chunk + i, {
          conversation: { id: `C${log}`, kind: 'room' },
        }),
      );
      const messages = events.map((event) => carried(event));
      await stream.append(`m${log}`, messages);
      if (round % 10 === 0) await stream.append(`m${log}`, messages);
      for (const { id } of events) sent.add(id);
      await sleep(pauseMs);
    }
  };
  const running = work();
  // Awaited in `stop`; until then a rejection is not unhandled.
  running.catch(() => {});
  return {
    sent,
    async stop() {
      isOver = true;
      await running;
    },
  };
}
