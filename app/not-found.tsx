import { NotFoundFace } from '#components/ui/not-found-face.tsx';

export default function NotFound() {
  return (
    <main className="grid min-h-dvh place-items-center">
      <NotFoundFace />
    </main>
  );
}
