import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { join } from 'node:path';

const COMMAND = join(import.meta.dirname, '../../bin/holdfast');

/** A service in a process of its own, as a person starts it. */
export interface Started {
  readonly url: string;
  /** All that it has said on stderr. */
  said(): string;
  /** Exit code after `signal`. */
  end(signal?: 'SIGTERM' | 'SIGKILL'): Promise<number | null>;
}

const children = new Set<ChildProcess>();

/** Starts `holdfast start` with further arguments, and waits until it is ready. */
export async function started(args: readonly string[], cwd: string): Promise<Started> {
  const child = spawn(COMMAND, ['start', ...args], {
    cwd,
    env: { ...process.env, HOLDFAST_PASSPHRASE: 'a passphrase for tests' },
    stdio: ['ignore', 'ignore', 'pipe'],
  });
  children.add(child);
  let said = '';
  const ready = new Promise<string>((resolve, reject) => {
    child.stderr?.setEncoding('utf8').on('data', (text: string) => {
      said += text;
      const [, url] = /ready: .*serving (https?:\S+?);/.exec(said) ?? [];
      if (url !== undefined) resolve(url);
    });
    child.once('exit', () => reject(new Error(`ended before it was ready: ${said}`)));
  });
  const url = await ready;
  return {
    url,
    said: () => said,
    async end(signal = 'SIGTERM') {
      if (child.exitCode === null && child.signalCode === null) {
        const exit = once(child, 'exit');
        child.kill(signal);
        await exit;
      }
      children.delete(child);
      return child.exitCode;
    },
  };
}

export async function endAll(): Promise<void> {
  for (const child of children) child.kill('SIGKILL');
  await Promise.all(
    [...children].map((child) => (child.exitCode === null ? once(child, 'exit') : undefined)),
  );
  children.clear();
}

export interface Said {
  readonly status: number;
  readonly headers: Headers;
  readonly body: ReturnType<typeof JSON.parse>;
}

/** Asks a service. */
export async function ask(
  url: string,
  method: string,
  path: string,
  options: { body?: unknown; token?: string; position?: string } = {},
): Promise<Said> {
  const { body, token, position } = options;
  const response = await fetch(`${url}${path}`, {
    method,
    headers: {
      ...(body === undefined ? {} : { 'content-type': 'application/json' }),
      ...(token === undefined ? {} : { authorization: `Bearer ${token}` }),
      ...(position === undefined ? {} : { 'holdfast-position': position }),
    },
    ...(body === undefined ? {} : { body: JSON.stringify(body) }),
  });
  const text = await response.text();
  return {
    status: response.status,
    headers: response.headers,
    body: text === '' ? undefined : JSON.parse(text),
  };
}

export const PASSWORD = 'seven quiet herons';

/** Takes the first password that the service printed for an account, chooses one, and signs in with it. */
export async function firstToken({ url, said }: Started, account: string): Promise<string> {
  const [, given = ''] = new RegExp(`'${account}'.*password (\\S+)`).exec(said()) ?? [];
  return await takeUp(url, account, given);
}

/** Changes a one-time password for {@link PASSWORD}, and signs in with that. */
export async function takeUp(url: string, account: string, given: string): Promise<string> {
  const first = await ask(url, 'POST', '/v1/sign-in', { body: { account, password: given } });
  await ask(url, 'POST', '/v1/me/password', {
    token: first.body.accessToken,
    body: { current: given, password: PASSWORD },
  });
  return await signIn(url, account);
}

export async function signIn(url: string, account: string): Promise<string> {
  const { body } = await ask(url, 'POST', '/v1/sign-in', { body: { account, password: PASSWORD } });
  return body.accessToken;
}
