import { createRootRoute, createRoute, createRouter, lazyRouteComponent, Outlet } from '@tanstack/react-router'
import { Loading } from '@/components/states'
import { CrashPage, NotFoundPage } from './errors'
import { Root } from './Root'

// The tree of pages. Their addresses are built in lib/urls.ts; every page is
// loaded when it is first seen.
const root = createRootRoute({ component: Outlet, notFoundComponent: NotFoundPage })

const signIn = createRoute({
  getParentRoute: () => root,
  path: '/sign-in',
  component: lazyRouteComponent(() => import('@/features/auth/SignIn'), 'SignIn'),
})

const signedIn = createRoute({ getParentRoute: () => root, id: 'signed-in', component: Root })

const index = createRoute({
  getParentRoute: () => signedIn,
  path: '/',
  component: lazyRouteComponent(() => import('@/features/projects/Start'), 'Start'),
})

const projects = createRoute({
  getParentRoute: () => signedIn,
  path: '/projects',
  component: lazyRouteComponent(() => import('@/features/projects/Projects'), 'Projects'),
})

const account = createRoute({
  getParentRoute: () => signedIn,
  path: '/account',
  component: lazyRouteComponent(() => import('@/features/auth/Account'), 'Account'),
})

const project = createRoute({
  getParentRoute: () => signedIn,
  path: '/projects/$projectId',
  component: lazyRouteComponent(() => import('./ProjectGate'), 'ProjectGate'),
})

const home = createRoute({
  getParentRoute: () => project,
  path: '/',
  component: lazyRouteComponent(() => import('@/features/home/Home'), 'Home'),
})
const said = createRoute({
  getParentRoute: () => project,
  path: '/said',
  component: lazyRouteComponent(() => import('@/features/home/SaidPage'), 'SaidPage'),
})
const data = createRoute({
  getParentRoute: () => project,
  path: '/data',
  component: lazyRouteComponent(() => import('@/features/data/DataList'), 'DataList'),
})
const importData = createRoute({
  getParentRoute: () => project,
  path: '/data/import',
  component: lazyRouteComponent(() => import('@/features/data/import/ImportPage'), 'ImportPage'),
})
const dataset = createRoute({
  getParentRoute: () => project,
  path: '/data/$assetId',
  component: lazyRouteComponent(() => import('@/features/data/DatasetPage'), 'DatasetPage'),
})
const compare = createRoute({
  getParentRoute: () => project,
  path: '/data/$assetId/compare',
  component: lazyRouteComponent(() => import('@/features/data/ComparePage'), 'ComparePage'),
})
const explore = createRoute({
  getParentRoute: () => project,
  path: '/explore',
  component: lazyRouteComponent(() => import('@/features/explore/ExplorePage'), 'ExplorePage'),
})
const workflows = createRoute({
  getParentRoute: () => project,
  path: '/workflows',
  component: lazyRouteComponent(() => import('@/features/workflows/list/WorkflowList'), 'WorkflowList'),
})
const workflow = createRoute({
  getParentRoute: () => project,
  path: '/workflows/$assetId',
  component: lazyRouteComponent(() => import('@/features/workflows/WorkflowPage'), 'WorkflowPage'),
})
const compareWorkflow = createRoute({
  getParentRoute: () => project,
  path: '/workflows/$assetId/compare',
  component: lazyRouteComponent(() => import('@/features/workflows/compare/ComparePage'), 'ComparePage'),
})
const dashboards = createRoute({
  getParentRoute: () => project,
  path: '/dashboards',
  component: lazyRouteComponent(() => import('@/features/dashboards/list/DashboardList'), 'DashboardList'),
})
const dashboard = createRoute({
  getParentRoute: () => project,
  path: '/dashboards/$assetId',
  component: lazyRouteComponent(() => import('@/features/dashboards/read/DashboardPage'), 'DashboardPage'),
})
const editDashboard = createRoute({
  getParentRoute: () => project,
  path: '/dashboards/$assetId/edit',
  component: lazyRouteComponent(() => import('@/features/dashboards/edit/EditPage'), 'EditPage'),
})
const components = createRoute({
  getParentRoute: () => project,
  path: '/components',
  component: lazyRouteComponent(() => import('@/features/workflows/package/ComponentList'), 'ComponentList'),
})
const component = createRoute({
  getParentRoute: () => project,
  path: '/components/$name',
  component: lazyRouteComponent(() => import('@/features/workflows/package/ComponentPage'), 'ComponentPage'),
})
const apps = createRoute({
  getParentRoute: () => project,
  path: '/apps',
  component: lazyRouteComponent(() => import('@/features/workflows/apps/AppList'), 'AppList'),
})
const app = createRoute({
  getParentRoute: () => project,
  path: '/apps/$assetId',
  component: lazyRouteComponent(() => import('@/features/workflows/apps/AppPage'), 'AppPage'),
})
const models = createRoute({
  getParentRoute: () => project,
  path: '/models',
  component: lazyRouteComponent(() => import('@/features/models/ModelList'), 'ModelList'),
})
const model = createRoute({
  getParentRoute: () => project,
  path: '/models/$assetId',
  component: lazyRouteComponent(() => import('@/features/models/ModelPage'), 'ModelPage'),
})
const scenarios = createRoute({
  getParentRoute: () => project,
  path: '/scenarios',
  component: lazyRouteComponent(() => import('@/features/scenarios/Gallery'), 'Gallery'),
})
const scenario = createRoute({
  getParentRoute: () => project,
  path: '/scenarios/$name',
  component: lazyRouteComponent(() => import('@/features/scenarios/ScenarioPage'), 'ScenarioPage'),
})
const run = createRoute({
  getParentRoute: () => project,
  path: '/runs/$runId',
  component: lazyRouteComponent(() => import('./RunGate'), 'RunGate'),
})
// The address under which the command line announces a report.
const runReport = createRoute({
  getParentRoute: () => project,
  path: '/runs/$runId/report',
  component: lazyRouteComponent(() => import('./RunGate'), 'RunGate'),
})
const team = createRoute({
  getParentRoute: () => project,
  path: '/team',
  component: lazyRouteComponent(() => import('@/features/team/TeamPage'), 'TeamPage'),
})

const tree = root.addChildren([
  signIn,
  signedIn.addChildren([
    index,
    projects,
    account,
    project.addChildren([dashboards, dashboard, editDashboard, home, said, data, importData, dataset, compare, explore, workflows, workflow, compareWorkflow, scenarios, scenario, run, runReport, team, components, component, apps, app, models, model]),
  ]),
])

export const router = createRouter({
  routeTree: tree,
  defaultPreload: false,
  defaultPendingComponent: Loading,
  defaultErrorComponent: CrashPage,
  // The address holds plain text, not JSON: ?tab=rows&v=3.
  parseSearch: (text) => Object.fromEntries(new URLSearchParams(text)),
  stringifySearch: (search) => {
    const text = new URLSearchParams(
      Object.entries(search)
        .filter(([, value]) => value !== undefined)
        .map(([key, value]): [string, string] => [key, String(value)]),
    ).toString()
    return text ? `?${text}` : ''
  },
})

declare module '@tanstack/react-router' {
  interface Register {
    router: typeof router
  }
}
