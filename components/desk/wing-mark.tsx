/** The sign of 나래 (wing): three rising feathers. */
export function WingMark({ className }: { className?: string }) {
  return (
    <svg viewBox="0 0 32 32" className={className} aria-hidden="true">
      <path
        d="M4 26C5 14 14 6 28 5c-1 4-4 6-8 7 3 0 5 0 6-.5-1 4-5 5.500-9 6 2.500.3 4 .2 5-.2C19.500 21.500 12 24 4 26Z"
        fill="currentColor"
      />
    </svg>
  );
}
