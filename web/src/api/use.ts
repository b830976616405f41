// Reading from the service inside components.
import { useCallback, useEffect, useRef, useState, useSyncExternalStore } from 'react';

import { connectionNow, onConnection, ServerGone, type Connection } from './client.ts';

export function useConnection(): Connection {
  return useSyncExternalStore(onConnection, connectionNow);
}

export interface Loaded<T> {
  data: T | undefined;
  error: Error | undefined;
  loading: boolean;
  reload: () => void;
}

/**
 * Loads when `key` changes; what is under way for the key before is given up. The last data stay
 * until the next are there. Null as a key loads nothing.
 */
export function useLoaded<T>(
  key: string | null,
  load: (signal: AbortSignal) => Promise<T>,
): Loaded<T> {
  const [state, setState] = useState<{ data?: T; error?: Error; loading: boolean }>({
    loading: key !== null,
  });
  const [round, setRound] = useState(0);
  const loader = useRef(load);
  loader.current = load;
  useEffect(() => {
    if (key === null) {
      setState({ loading: false });
      return;
    }
    const stop = new AbortController();
    setState((before) => ({ ...before, loading: true }));
    loader.current(stop.signal).then(
      (data) => {
        if (!stop.signal.aborted) setState({ data, loading: false });
      },
      (error: Error) => {
        if (stop.signal.aborted) return;
        // What is on the screen stays while the server is away.
        setState((before) =>
          error instanceof ServerGone && before.data !== undefined
            ? { data: before.data, error, loading: false }
            : { error, loading: false },
        );
      },
    );
    return () => stop.abort();
  }, [key, round]);
  const reload = useCallback(() => setRound((n) => n + 1), []);
  return { data: state.data, error: state.error, loading: state.loading, reload };
}
