import { once } from 'node:events';
import { createServer } from 'node:http';
import { type AddressInfo, connect } from 'node:net';
import express from 'express';
import { bodyInTime } from '../../src/http/slow-body.ts';

/** With limits of some milliseconds, so that nobody waits: what is tried is that they hold. */
const LIMITS = { silence: 100, whole: 400 };

async function answered(
  headers: string,
  drip: (write: (text: string) => void) => NodeJS.Timeout,
): Promise<string> {
  const app = express();
  app.use(bodyInTime(LIMITS));
  app.use((request, response) => {
    request.resume();
    request.on('end', () => response.send('read'));
  });
  const server = createServer(app).listen(0, '127.0.0.1');
  await once(server, 'listening');
  const socket = connect((server.address() as AddressInfo).port, '127.0.0.1');
  let text = '';
  socket.setEncoding('utf8').on('data', (chunk) => {
    text += chunk;
  });
  socket.on('error', () => undefined);
  socket.write(`POST / HTTP/1.1\r\nhost: x\r\nconnection: close\r\n${headers}\r\n\r\n`);
  const timer = drip((part) => void socket.write(part));
  await once(socket, 'close');
  clearInterval(timer);
  server.close();
  return text;
}

test('a body that stops coming ends the connection', async () => {
  expect(await answered('content-length: 10', (write) => setTimeout(() => write('x'), 1))).toBe('');
});

test('a body that drips without end does too', async () => {
  expect(await answered('content-length: 1000', (write) => setInterval(() => write('x'), 20))).toBe('');
});

test('an upload may take long as long as it comes', async () => {
  let sent = 0;
  const text = await answered('content-type: application/octet-stream\r\ncontent-length: 40', (write) =>
    setInterval(() => {
      if (sent++ < 40) write('x');
    }, 20),
  );
  expect(text).toContain('read');
});
