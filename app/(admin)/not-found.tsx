export { NotFoundFace as default } from '#components/ui/not-found-face.tsx';
