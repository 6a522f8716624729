/** Names and values, one pair each. */
export function Facts({
  facts,
  className,
}: {
  facts: readonly (readonly [string, string])[];
  className: string | undefined;
}) {
  return (
    <dl className={className}>
      {facts.map(([name, value]) => (
        <div key={name}>
          <dt>{name}</dt>
          <dd>{value}</dd>
        </div>
      ))}
    </dl>
  );
}
