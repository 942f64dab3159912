import type { Route } from '../route.ts';
import { accountRoutes } from './accounts.ts';
import { contentRoutes } from './content.ts';
import { directoryRoutes } from './directory.ts';
import { governanceRoutes } from './governance.ts';
import { jobRoutes } from './jobs.ts';
import { operationRoutes } from './operation.ts';
import { productionRoutes } from './productions.ts';
import { sessionRoutes } from './session.ts';

/** Every route: a new one is an operation in `openapi.yaml` and an entry in one of these lists. */
export const ROUTES: readonly Route[] = [
  ...sessionRoutes,
  ...accountRoutes,
  ...directoryRoutes,
  ...governanceRoutes,
  ...contentRoutes,
  ...jobRoutes,
  ...productionRoutes,
  ...operationRoutes,
];
