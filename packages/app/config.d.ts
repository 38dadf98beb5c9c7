export interface Config {
  meshDr?: {
    demo?: {
      /** People to try the product out as; the sign-in page lists them. Not for production. */
      users?: Array<{
        /** @visibility frontend */
        entityRef: string;
        /** @visibility frontend */
        title: string;
        /** What this person may do, one sentence. @visibility frontend */
        description: string;
      }>;
    };
    /** Who may do what, by role; see packages/backend/src/rolePolicy.ts. Entity refs of users and groups. */
    roles?: {
      reader?: string[];
      owner?: string[];
      approver?: string[];
      platform?: string[];
      /** Role of everybody not listed; `reader` unless configured. */
      default?: 'reader' | 'owner' | 'approver' | 'platform';
    };
  };
}
