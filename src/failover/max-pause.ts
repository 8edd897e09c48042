/** A switchover that needs longer is called off, where nobody says otherwise. */
export const defaultMaxPauseMs = 5000;
