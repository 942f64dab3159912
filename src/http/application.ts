/** The HTTP service: `openapi.yaml` as an express application over an open archive. */
import express, { type Express, type NextFunction, type Request, type Response } from 'express';
import helmet from 'helmet';
import { denialOf, HoldfastError } from '../core/errors.ts';
import type { Caller } from './caller.ts';
import { CONTRACT_TEXT, contract, type Operation, operations } from './contract.ts';
import { docsPage } from './docs-page.ts';
import { admit, anonymous, identify, type Passed, POSITION } from './gate.ts';
import { type Problem, problemOf } from './problem.ts';
import { limit } from './rate.ts';
import type { Answer, Call, Route } from './route.ts';
import { ROUTES } from './routes/index.ts';
import type { Service } from './service.ts';
import { BODY_LIMITS, bodyInTime } from './slow-body.ts';
import { validator } from './validator.ts';

export interface ServiceOptions {
  /** Holds every answer to the contract too: in tests. */
  readonly checkAnswers?: boolean;
  /** Requests a minute of one account, or of one address that has not said who it is. */
  readonly rate?: number;
}

/** Bodies that are JSON or CSV; everything longer is an upload, which is a stream. */
const LONGEST_BODY = '1mb';
const LONGEST_CSV = '16mb';
const RATE = 1_200;
const SIGN_IN_RATE = 60;

type Locals = { readonly request: string; readonly began: number } & { operation?: string; passed?: Passed };

/** The application. `service` must be started before it is asked. */
export function application(service: Service, options: ServiceOptions = {}): Express {
  const { archive } = service.parts;
  const app = express();
  app.disable('x-powered-by');
  app.set('etag', false);
  app.set('query parser', 'simple');
  app.use(helmet(HEADERS));
  app.use((request, response, next) => begin(service, request, response, next));
  unversioned(app, service);

  const spec = contract();
  const rate = limit(options.rate ?? RATE, (request) => {
    const caller = localsOf(request.res).passed?.caller;
    return caller === undefined || caller.via === 'nothing'
      ? `address ${request.socket.remoteAddress}`
      : `account ${caller.account}`;
  });
  const signIns = limit(SIGN_IN_RATE, (request) => request.socket.remoteAddress ?? '');
  const bodies = [
    express.json({ limit: LONGEST_BODY, strict: true }),
    express.text({ type: 'text/csv', limit: LONGEST_CSV }),
  ];
  for (const { operation, route } of matched(operations(spec), ROUTES)) {
    // Who may not is turned away before his body is read; what is not of its form, before anything is done.
    app[operation.method](
      operation.path,
      bodyInTime(BODY_LIMITS),
      ...(route.access === 'public' ? [signIns] : []),
      (request, response, next) => {
        localsOf(response).operation = operation.operationId;
        pass(service, route, request, response).then(() => next(), next);
      },
      rate,
      ...bodies,
      ...validator(spec, operation, options.checkAnswers === true),
      (request, response, next) => {
        handle(service, route, request, response).catch(next);
      },
    );
  }
  app.use((_request, _response, next) => next(nothingHere()));
  app.use((error: unknown, request: Request, response: Response, _next: NextFunction) => {
    refuse(service, error, request, response);
  });
  service.log.says(`serving archive ${archive.identity.id}`);
  return app;
}

/** Nothing of the service is shown inside other pages, and its own page loads nothing from elsewhere. */
const HEADERS = {
  contentSecurityPolicy: {
    useDefaults: false,
    directives: {
      defaultSrc: ["'none'"],
      styleSrc: ["'self'"],
      frameAncestors: ["'none'"],
      baseUri: ["'none'"],
      formAction: ["'none'"],
    },
  },
  crossOriginEmbedderPolicy: true,
  referrerPolicy: { policy: 'no-referrer' },
  strictTransportSecurity: { maxAge: 31_536_000 },
} as const;

function begin(service: Service, request: Request, response: Response, next: NextFunction): void {
  const { clock, random } = service.parts.archive;
  const locals: Locals = { request: Buffer.from(random.bytes(8)).toString('hex'), began: clock.now() };
  Object.assign(response.locals, locals);
  response.setHeader('Cache-Control', 'no-store');
  response.setHeader('Request-Id', locals.request);
  response.on('close', () => {
    const { operation = 'none', passed, code } = response.locals as Locals & { code?: string };
    const ms = clock.now() - locals.began;
    service.metrics.answered(operation, response.statusCode, ms, code);
    if (operation === 'none' && response.statusCode < 400) return;
    service.log.answered({
      request: locals.request,
      operation,
      method: request.method,
      status: response.statusCode,
      ms,
      account: passed?.caller.account ?? 'anonymous',
      address: request.socket.remoteAddress ?? 'unknown',
      ...(code === undefined ? {} : { code }),
    });
  });
  next();
}

/** What stands beside `/v1`: for machines that watch, and for people who read the contract. */
function unversioned(app: Express, service: Service): void {
  app.get('/health', (_request, response) => {
    response.json({ status: 'alive' });
  });
  app.get('/ready', (_request, response) => {
    const { reasons } = service.readiness.state;
    response.status(reasons.length === 0 ? 200 : 503).json({ ready: reasons.length === 0, reasons });
  });
  app.get('/metrics', (request, response, next) => {
    watcher(service, request)
      .then(() => service.metrics.text(service.readiness.state))
      .then(({ text, type }) => response.setHeader('Content-Type', type).send(text))
      .catch(next);
  });
  app.get('/openapi.json', (_request, response) => {
    response.type('application/json').send(CONTRACT_TEXT);
  });
  app.get('/docs', (_request, response) => {
    response.type('html').send(docsPage(contract()).html);
  });
  app.get('/docs/style.css', (_request, response) => {
    response.type('css').send(docsPage(contract()).css);
  });
}

/** Numbers are for this machine, and for those who may see the status. */
async function watcher(service: Service, request: Request): Promise<void> {
  const address = request.socket.remoteAddress ?? '';
  if (/^(?:127\.|::1$|::ffff:127\.)/.test(address)) return;
  const { caller } = await identify(service.parts, request);
  const route = {
    access: 'status.read',
    operationId: 'metrics',
    oneTime: false,
    handle: unreachable,
  } as const;
  await recordingDenials(service, caller, route.operationId, async () => admit(caller, route));
}

const unreachable = (): Promise<never> => Promise.reject(new TypeError('not a route'));

async function pass(service: Service, route: Route, request: Request, response: Response): Promise<void> {
  const locals = localsOf(response);
  if (route.access === 'public') {
    const register = await service.parts.control.register();
    locals.passed = { caller: anonymous(request.socket.remoteAddress ?? 'unknown'), register };
    return;
  }
  const passed = await identify(service.parts, request);
  locals.passed = passed;
  await recordingDenials(service, passed.caller, route.operationId, async () => admit(passed.caller, route));
}

/** The one place where it is recorded that somebody was denied something: before he is told. */
async function recordingDenials<T>(
  service: Service,
  { account }: Caller,
  operation: string,
  act: () => Promise<T>,
): Promise<T> {
  try {
    return await act();
  } catch (error) {
    const denied = denialOf(error);
    if (denied !== undefined) await service.audit(account, 'denied', { operation, ...denied });
    throw error;
  }
}

async function handle(service: Service, route: Route, request: Request, response: Response): Promise<void> {
  const { passed } = localsOf(response);
  if (passed === undefined) throw nothingHere();
  const gone = new AbortController();
  response.on('close', () => gone.abort());
  const { caller, register } = passed;
  const call: Call = {
    service,
    caller,
    register,
    params: request.params as Call['params'],
    request,
    signal: gone.signal,
    audit: (action, details) => service.audit(caller.account, action, details),
  };
  const input = { query: request.query, body: request.body };
  const answer = await (route.access === 'public'
    ? route.handle(call, input)
    : recordingDenials(service, caller, route.operationId, () => route.handle(call, input)));
  await send(answer, response);
}

async function send(answer: Answer, response: Response): Promise<void> {
  if ('stream' in answer) return await answer.stream(response);
  if ('position' in answer && answer.position !== undefined) response.setHeader(POSITION, answer.position);
  if ('json' in answer) response.status(answer.status ?? 200).json(answer.json);
  else if ('nothing' in answer) response.status(204).end();
  else {
    if (answer.fileName !== undefined) response.attachment(answer.fileName);
    response.type(answer.type).send(answer.text);
  }
}

function refuse(service: Service, error: unknown, request: Request, response: Response): void {
  const problem: Problem = problemOf(error);
  Object.assign(response.locals, { code: problem.code });
  if (problem.status >= 500 && problem.code === 'internal') {
    const { request: id, operation = 'none' } = localsOf(response);
    service.log.failed(id, operation, error);
  }
  // An answer that has begun can only break off, so that nobody takes a part for the whole.
  if (response.headersSent) {
    request.socket.destroy();
    return;
  }
  if (problem.status === 401) response.setHeader('WWW-Authenticate', 'Bearer');
  const seconds = /(\d+) seconds/.exec(problem.hint ?? '')?.[1];
  if (problem.status === 429) response.setHeader('Retry-After', seconds ?? '60');
  // What was not read of the body is not waited for.
  if (!request.complete) response.setHeader('Connection', 'close');
  response.status(problem.status).type('application/problem+json').send(JSON.stringify(problem));
}

/** Every operation with its route. Throws where one has no other: a service that starts answers all it promises. */
function matched(
  contracted: readonly Operation[],
  routes: readonly Route[],
): { operation: Operation; route: Route }[] {
  const byId = new Map(routes.map((route) => [route.operationId, route]));
  return contracted
    .filter(({ path }) => path.startsWith('/v1/'))
    .map((operation) => {
      const route = byId.get(operation.operationId);
      if (route === undefined) throw new TypeError(`no route for the operation ${operation.operationId}`);
      return { operation, route };
    });
}

const localsOf = (response: Response | undefined): Locals => (response?.locals ?? {}) as Locals;

const nothingHere = (): HoldfastError =>
  new HoldfastError('not-found', 'There is nothing at this path.', {
    hint: 'GET /openapi.json lists all paths.',
  });
