'use client';
import { type ReactNode, useId } from 'react';
import { Label } from './input.tsx';

interface ControlProps {
  readonly id: string;
  readonly 'aria-invalid': boolean | undefined;
  readonly 'aria-describedby': string | undefined;
}

/**
 * One labelled control with its help and its fault; hands the control the ids that tie them together:
 * `<FormField label=… error={errors.name?.message}>{(control) => <Input {...control} {...register('name')} />}</FormField>`
 */
export function FormField(props: {
  label: ReactNode;
  help?: ReactNode;
  error?: string | undefined;
  className?: string;
  children: (control: ControlProps) => ReactNode;
}) {
  const id = useId();
  const noteId = `${id}-note`;
  const note = props.error ?? props.help;
  return (
    <div className={props.className}>
      <Label htmlFor={id}>{props.label}</Label>
      <div className="mt-1">
        {props.children({ id, 'aria-invalid': props.error ? true : undefined, 'aria-describedby': note ? noteId : undefined })}
      </div>
      {note && (
        <p
          id={noteId}
          className={props.error ? 'mt-1 text-danger text-xs' : 'mt-1 text-faint text-xs'}
          role={props.error ? 'alert' : undefined}
        >
          {note}
        </p>
      )}
    </div>
  );
}
