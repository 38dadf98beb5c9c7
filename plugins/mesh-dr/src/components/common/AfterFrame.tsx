import type { ReactNode } from 'react';
import { useAfterFrame } from '../../hooks/useAfterFrame';

/** Draws its children in a later frame than everything around them; until then `fallback`, of about the same height. */
export function AfterFrame(props: {
  fallback: ReactNode;
  children: ReactNode;
}) {
  return <>{useAfterFrame() ? props.children : props.fallback}</>;
}
