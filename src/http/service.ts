/** The HTTP service: `openapi.yaml` as an express application over an open archive. */
import express, {
  type Express,
  type NextFunction,
  type Request,
  type RequestHandler,
  type Response,
} from 'express';
import { middleware } from 'express-openapi-validator';
import { rateLimit } from 'express-rate-limit';
import helmet from 'helmet';
import { type ActTools, nodeOf, recordAct } from '../archive/acts.ts';
import { HoldfastError } from '../core/errors.ts';
import type { Json } from '../core/event.ts';
import type { Heads } from '../core/ports/index.ts';
import type { Stream } from '../core/ports/stream.ts';
import type { Bound } from '../search/bound.ts';
import { sealedHeads } from '../search/lag.ts';
import { Searcher } from '../search/searcher.ts';
import { SharedLook } from '../search/shared-look.ts';
import { CONTRACT_TEXT, type Contract, contract, type Operation, operations } from './contract.ts';
import { docsPage } from './docs-page.ts';
import { admit, anonymous, identify, type Passed, POSITION } from './gate.ts';
import { GroupedStream } from './grouped-stream.ts';
import { Held } from './held.ts';
import { JobRunner } from './jobs/job-runner.ts';
import { JobStore } from './jobs/job-store.ts';
import { type ServiceLog, serviceLog } from './log.ts';
import { Metrics } from './metrics.ts';
import { type Problem, problemOf } from './problem.ts';
import { Readiness } from './readiness.ts';
import type { Answer, Call, Route } from './route.ts';
import { ROUTES } from './routes/index.ts';
import type { ServiceParts } from './served.ts';
import { BODY_LIMITS, bodyInTime } from './slow-body.ts';

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
const MOST_SEARCHERS = 200;

/** What the routes have at hand. */
export class Service {
  readonly parts: ServiceParts;
  readonly jobs: JobRunner;
  readonly readiness: Readiness;
  readonly held: Held;
  readonly metrics = new Metrics();
  readonly log: ServiceLog;
  /** How far the transcript logs are sealed. */
  readonly sealed: SharedLook<Heads>;
  readonly #searchers = new Map<string, Searcher>();
  readonly #stream: Pick<Stream, 'append'>;
  readonly #acts: ActTools;

  constructor(parts: ServiceParts) {
    const { archive } = parts;
    this.parts = parts;
    this.log = serviceLog(parts.log, () => archive.clock.now());
    this.readiness = new Readiness(parts);
    this.held = new Held(parts);
    this.jobs = new JobRunner(new JobStore(parts.jobs), parts, (what) => this.log.says(what));
    this.sealed = new SharedLook(() => sealedHeads(archive.reader));
    this.#stream = new GroupedStream(archive.stream);
    this.#acts = {
      clock: archive.clock,
      random: archive.random,
      node: nodeOf(archive.identity, archive.keys.node),
    };
  }

  async start(): Promise<void> {
    await this.readiness.start();
    await this.jobs.start();
  }

  /** Takes no new jobs, and leaves those in work to be taken up again. */
  async stop(): Promise<void> {
    this.readiness.stop();
    this.held.stop();
    await this.jobs.stop();
  }

  /**
   * A searcher that shows what lies within bounds, and nothing else; undefined: everything. `holds`: for somebody who may
   * know of holds.
   */
  searcher(within: readonly Bound[] | undefined, holds: boolean): Searcher {
    const key = JSON.stringify([within ?? null, holds]);
    const known = this.#searchers.get(key);
    if (known !== undefined) return known;
    const { archive, control } = this.parts;
    const searcher = new Searcher({
      index: archive.index,
      zone: archive.settings.zone,
      directory: async () => (await control.register()).directory,
      ...(holds ? { holds: (judgement) => this.held.records(judgement) } : {}),
      ...(within === undefined ? {} : { within }),
    });
    // They keep what many questions share; a bounded number of them.
    if (this.#searchers.size >= MOST_SEARCHERS) this.#searchers.clear();
    this.#searchers.set(key, searcher);
    return searcher;
  }

  /** Durable in the stream when it resolves. */
  async audit(actor: string, action: string, details: { readonly [key: string]: Json }): Promise<void> {
    await recordAct(this.#stream, { log: 'audit', action, actor, details }, this.#acts);
  }
}

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
      ...validator(spec, operation, options),
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
  admit(caller, { access: 'status.read', operationId: 'metrics', oneTime: false, handle: unreachable });
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
  try {
    admit(passed.caller, route);
  } catch (error) {
    await service.audit(passed.caller.account, 'denied', { operation: route.operationId });
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
  const answer = await route.handle(call, { query: request.query, body: request.body });
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

function limit(most: number, key: (request: Request) => string) {
  return rateLimit({
    windowMs: 60_000,
    limit: most,
    standardHeaders: 'draft-7',
    legacyHeaders: false,
    keyGenerator: key,
    validate: false,
    handler: (_request, _response, next) => {
      next(
        new HoldfastError('too-many-requests', 'Too many requests.', { hint: 'Try again in 60 seconds.' }),
      );
    },
  });
}

/**
 * What holds requests to the contract, for one operation: made when it is called first. One for all of them would look
 * through the whole contract at each request.
 */
function validator(spec: Contract, { written }: Operation, options: ServiceOptions): RequestHandler[] {
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
      validateResponses: options.checkAnswers === true,
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

const localsOf = (response: Response | undefined): Locals => (response?.locals ?? {}) as Locals;

const nothingHere = (): HoldfastError =>
  new HoldfastError('not-found', 'There is nothing at this path.', {
    hint: 'GET /openapi.json lists all paths.',
  });
