import type { NextFunction, Request, RequestHandler, Response } from 'express';

export interface BodyLimits {
  /** A body must go on coming: so long without a byte, and the connection is ended. ms */
  readonly silence: number;
  /** Bodies that are no upload must be there after this; ms. */
  readonly whole: number;
}

export const BODY_LIMITS: BodyLimits = { silence: 20_000, whole: 60_000 };

/** Ends requests whose body is sent so slowly that it is only there to hold a connection. */
export function bodyInTime({ silence, whole }: BodyLimits): RequestHandler {
  return (request: Request, response: Response, next: NextFunction): void => {
    const { headers, socket } = request;
    if (headers['content-length'] === undefined && headers['transfer-encoding'] === undefined) {
      next();
      return;
    }
    const end = (): void => {
      socket.destroy();
    };
    const isUpload = request.is('application/octet-stream') === 'application/octet-stream';
    const late = isUpload ? undefined : setTimeout(end, whole);
    socket.setTimeout(silence);
    socket.once('timeout', end);
    const done = (): void => {
      clearTimeout(late);
      socket.setTimeout(0);
      socket.off('timeout', end);
    };
    request.once('end', done);
    request.once('close', done);
    response.once('close', done);
    next();
  };
}
