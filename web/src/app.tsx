import { useEffect, useRef, useState, type ReactNode } from 'react';

import { hasToken, isThere, keepToken } from './api/client.ts';
import { useConnection } from './api/use.ts';
import { shortened } from './format.ts';
import { BudgetPage } from './pages/budget.tsx';
import { DataPage } from './pages/data.tsx';
import { HistoryPage } from './pages/history.tsx';
import { ModelPage } from './pages/model.tsx';
import { PlanPage } from './pages/plan.tsx';
import { ProblemNote, Waiting } from './parts/notes.tsx';
import { hashOf, kPages, type PageName } from './route.ts';
import { useWorkspace, WorkspaceProvider } from './workspace.tsx';

const kTitles: Record<PageName, string> = {
  data: 'Data',
  model: 'Model',
  plan: 'Plan',
  budget: 'Budget',
  history: 'History',
};
const kViews: Record<PageName, () => ReactNode> = {
  data: DataPage,
  model: ModelPage,
  plan: PlanPage,
  budget: BudgetPage,
  history: HistoryPage,
};

const kThemes = ['auto', 'light', 'dark'] as const;
const kThemeKey = 'pythia.theme';

function ThemeSwitch(): ReactNode {
  const [theme, setTheme] = useState(() => localStorage.getItem(kThemeKey) ?? 'auto');
  useEffect(() => {
    document.documentElement.dataset.theme = theme;
    localStorage.setItem(kThemeKey, theme);
  }, [theme]);
  return (
    <label className="theme">
      <span className="unseen">Colours</span>
      <select value={theme} onChange={(event) => setTheme(event.target.value)}>
        {kThemes.map((one) => (
          <option key={one} value={one}>
            {one === 'auto' ? 'Auto' : one === 'light' ? 'Light' : 'Dark'}
          </option>
        ))}
      </select>
    </label>
  );
}

function DatasetPicker(): ReactNode {
  const { datasets, dataset, choose } = useWorkspace();
  if (!datasets || datasets.length === 0 || !dataset) return null;
  return (
    <label className="picker">
      <span className="unseen">Dataset</span>
      <select value={dataset.name} onChange={(event) => choose(event.target.value)}>
        {datasets.map((one) => (
          <option key={one.name} value={one.name}>
            {shortened(one.name, 40)}
          </option>
        ))}
      </select>
    </label>
  );
}

function Navigation(): ReactNode {
  const { route, dataset } = useWorkspace();
  const params = new URLSearchParams(dataset ? { dataset: dataset.name } : {});
  return (
    <nav aria-label="Pages">
      {kPages.map((page) => (
        <a
          key={page}
          href={hashOf(page, page === route.page ? route.params : params)}
          aria-current={page === route.page ? 'page' : undefined}
        >
          {kTitles[page]}
        </a>
      ))}
    </nav>
  );
}

const kAskAgain = 2000;

function Banner(): ReactNode {
  const connection = useConnection();
  useEffect(() => {
    if (connection !== 'gone') return;
    const timer = setInterval(() => void isThere(), kAskAgain);
    return () => clearInterval(timer);
  }, [connection]);
  if (connection !== 'gone') return null;
  return (
    <div className="banner" role="alert">
      The server does not answer. This page asks again every {kAskAgain / 1000} seconds; what you
      have entered stays.
    </div>
  );
}

function TokenForm(): ReactNode {
  const [token, setToken] = useState('');
  return (
    <form
      className="card token"
      onSubmit={(event) => {
        event.preventDefault();
        if (token.trim()) keepToken(token);
      }}
    >
      <h1>This server asks for a token</h1>
      <p>
        Whoever runs it makes one with <code>pythia token new NAME</code>. It is kept in this tab
        until you close it, and is never part of a link.
      </p>
      <label htmlFor="token">Token</label>
      <input
        id="token"
        type="password"
        autoComplete="off"
        value={token}
        onChange={(event) => setToken(event.target.value)}
      />
      {hasToken() && (
        <p className="field-problem" role="alert">
          The server does not know the token that was used.
        </p>
      )}
      <button type="submit" className="main">
        Use it
      </button>
    </form>
  );
}

function Content(): ReactNode {
  const { route, datasets, error } = useWorkspace();
  const main = useRef<HTMLElement>(null);
  const last = useRef(route.page);
  useEffect(() => {
    document.title = `${kTitles[route.page]} · P.Y.T.H.I.A.`;
    if (last.current === route.page) return;
    last.current = route.page;
    window.scrollTo(0, 0);
    main.current?.focus({ preventScroll: true });
  }, [route.page]);
  const View = kViews[route.page];
  return (
    <main ref={main} id="main" tabIndex={-1}>
      <ProblemNote error={error} />
      {datasets ? <View /> : !error && <Waiting what="Asking the server what it holds" />}
    </main>
  );
}

function Shell(): ReactNode {
  const connection = useConnection();
  return (
    <>
      <button
        type="button"
        className="skip"
        onClick={() => document.getElementById('main')?.focus()}
      >
        To the content
      </button>
      <header>
        <a className="brand" href="#/data">
          P.Y.T.H.I.A.
        </a>
        <Navigation />
        <span className="end">
          <DatasetPicker />
          <ThemeSwitch />
        </span>
      </header>
      <Banner />
      {connection === 'token' ? (
        <main id="main" tabIndex={-1}>
          <TokenForm />
        </main>
      ) : (
        <Content />
      )}
      <footer>
        What is shown are associations in your own history, not causes.{' '}
        <a href="/docs">HTTP service</a>
      </footer>
    </>
  );
}

export function App(): ReactNode {
  return (
    <WorkspaceProvider>
      <Shell />
    </WorkspaceProvider>
  );
}
