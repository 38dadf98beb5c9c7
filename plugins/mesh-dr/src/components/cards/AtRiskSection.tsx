import type { ReactNode } from 'react';
import { useText } from '../../hooks/useText';
import { Section } from '../common/Section';

/** The frame of the card "services at risk", titled in the reader's language unless the portal names it otherwise. */
export function AtRiskSection(props: { title?: string; children: ReactNode }) {
  const { t } = useText();
  return (
    <Section
      title={props.title ?? t('risk.title')}
      subtitle={t('risk.subtitle')}
    >
      {props.children}
    </Section>
  );
}
