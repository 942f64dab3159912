import { pino } from 'pino';

/** The service's log: JSON lines. What is written here is named below; no content, query, body or token is among it. */
export interface RequestLine {
  readonly request: string;
  readonly operation: string;
  readonly method: string;
  readonly status: number;
  readonly ms: number;
  readonly account: string;
  readonly address: string;
  readonly code?: string;
}

export interface ServiceLog {
  answered(line: RequestLine): void;
  /** Something went wrong inside; a person must look. Its stack is for people, and may name paths. */
  failed(request: string, operation: string, error: unknown): void;
  says(what: string): void;
}

export function serviceLog(write: (line: string) => void, now: () => number): ServiceLog {
  const log = pino(
    { base: null, timestamp: () => `,"time":"${new Date(now()).toISOString()}"` },
    { write: (line: string) => write(line.trimEnd()) },
  );
  return {
    answered: (line) => log.info(line, 'answered'),
    failed: (request, operation, error) =>
      log.error({ request, operation, stack: stackOf(error) }, 'failed inside'),
    says: (what) => log.info(what),
  };
}

/** Frames only: a message may quote what somebody wrote. */
function stackOf(error: unknown): string {
  const stack = typeof error === 'object' && error !== null ? Reflect.get(error, 'stack') : undefined;
  const name = typeof error === 'object' && error !== null ? Reflect.get(error, 'name') : typeof error;
  const frames = String(stack ?? '')
    .split('\n')
    .filter((line) => /^\s+at /.test(line))
    .slice(0, 12);
  return [String(name), ...frames].join('\n');
}
