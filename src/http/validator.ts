import type { NextFunction, RequestHandler } from 'express';
import { middleware } from 'express-openapi-validator';
import type { Contract, Operation } from './contract.ts';

/**
 * What holds requests to the contract, for one operation: made when it is called first. One for all of them would look
 * through the whole contract at each request.
 */
export function validator(spec: Contract, { written }: Operation, checkAnswers: boolean): RequestHandler[] {
  let made: readonly RequestHandler[] | undefined;
  const parts = (): readonly RequestHandler[] => {
    const paths = { [written]: spec.paths[written] };
    made ??= middleware({
      // A copy: it changes what it is given.
      apiSpec: structuredClone({ ...spec, paths }) as Parameters<typeof middleware>[0]['apiSpec'],
      validateApiSpec: false,
      // The gate has done this, before the body was read.
      validateSecurity: false,
      validateRequests: { allowUnknownQueryParameters: false },
      validateResponses: checkAnswers,
      fileUploader: false,
    });
    return made;
  };
  return [
    (request, response, next) => {
      const steps = parts();
      const step =
        (n: number): NextFunction =>
        (error?: unknown) => {
          if (error !== undefined) next(error);
          else if (n === steps.length) next();
          else steps[n]?.(request, response, step(n + 1));
        };
      step(0)();
    },
  ];
}
