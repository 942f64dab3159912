import type { NextFunction, Request, Response } from 'express';

/** A body must go on coming: so long without a byte, and the connection is ended. ms */
const SILENCE = 20_000;
/** Bodies that are no upload must be there after this; ms. */
const LONGEST = 60_000;

/** Ends requests whose body is sent so slowly that it is only there to hold a connection. */
export function bodyInTime(request: Request, response: Response, next: NextFunction): void {
  const { headers } = request;
  if (headers['content-length'] === undefined && headers['transfer-encoding'] === undefined) {
    next();
    return;
  }
  const end = (): void => {
    request.socket.destroy();
  };
  const isStream = request.is('application/octet-stream') === 'application/octet-stream';
  const whole = isStream ? undefined : setTimeout(end, LONGEST);
  const { socket } = request;
  socket.setTimeout(SILENCE);
  socket.once('timeout', end);
  const done = (): void => {
    clearTimeout(whole);
    socket.setTimeout(0);
    socket.off('timeout', end);
  };
  request.once('end', done);
  request.once('close', done);
  response.once('close', done);
  next();
}
