import { Link, useSidebarOpenState } from '@backstage/core-components';
import styles from './Logo.module.css';

/** Two regions and the arc of a failover between them. */
function Mark() {
  return (
    <svg width="28" height="28" viewBox="0 0 28 28" aria-hidden="true">
      <path
        d="M7 17 C 9 5, 19 5, 21 17"
        fill="none"
        stroke="#7df3e1"
        strokeWidth="2.4"
        strokeLinecap="round"
      />
      <circle cx="7" cy="19.5" r="4" fill="#7df3e1" />
      <circle
        cx="21"
        cy="19.5"
        r="3.2"
        fill="none"
        stroke="#7df3e1"
        strokeWidth="2"
      />
    </svg>
  );
}

export function Logo() {
  const { isOpen } = useSidebarOpenState();
  return (
    <Link
      to="/"
      underline="none"
      className={styles.logo}
      aria-label="Mesh DR, home"
    >
      <Mark />
      {isOpen && <span className={styles.name}>Mesh DR</span>}
    </Link>
  );
}
