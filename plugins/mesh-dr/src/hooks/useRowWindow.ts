import {
  useCallback,
  useLayoutEffect,
  useRef,
  useState,
  type RefObject,
} from 'react';

/** Rows beyond either edge that are drawn, so that Tab and the wheel find something there. */
const OVERSCAN = 10;
/** The window moves by this many rows at once: scrolling within them costs nothing. */
const STEP = 5;

export interface RowWindow {
  /** Of the element that scrolls. */
  ref: RefObject<HTMLDivElement>;
  onScroll: () => void;
  /** First row to draw, and the one after the last. */
  first: number;
  end: number;
  /** Back to the first row. */
  toTop: () => void;
}

/**
 * Which rows of a long list are worth drawing: those in view and a few around them.
 *
 * @param count - rows in the whole list
 * @param rowHeight - CSS pixels; all rows are equally high
 * @param fallbackHeight - height of the view, CSS pixels, where nothing is laid out
 */
export function useRowWindow(
  count: number,
  rowHeight: number,
  fallbackHeight: number,
): RowWindow {
  const ref = useRef<HTMLDivElement>(null);
  const [top, setTop] = useState(0);
  const [height, setHeight] = useState(fallbackHeight);
  const onScroll = useCallback(() => {
    const scrolled = (ref.current?.scrollTop ?? 0) / rowHeight;
    setTop(Math.floor(scrolled / STEP) * STEP);
  }, [rowHeight]);
  const toTop = useCallback(() => {
    if (ref.current) ref.current.scrollTop = 0;
    setTop(0);
  }, []);
  useLayoutEffect(() => {
    const element = ref.current;
    if (!element || typeof ResizeObserver === 'undefined') return undefined;
    const measure = () => {
      if (element.clientHeight > 0) setHeight(element.clientHeight);
    };
    measure();
    const observer = new ResizeObserver(measure);
    observer.observe(element);
    return () => observer.disconnect();
  }, []);
  const shown = Math.ceil(height / rowHeight);
  // A list that became shorter has its end where the view was.
  const within = Math.min(top, Math.max(0, count - shown));
  return {
    ref,
    onScroll,
    first: Math.max(0, within - OVERSCAN),
    end: Math.min(count, within + shown + STEP + OVERSCAN),
    toTop,
  };
}
