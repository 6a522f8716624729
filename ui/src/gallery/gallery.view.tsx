import { SCENES } from "./scenes";

/** Links to every scene. */
export function Gallery({ theme }: { theme: string }) {
  return (
    <main>
      <ul>
        {SCENES.map((scene) => (
          <li key={scene.name}>
            <a href={`/?scene=${scene.name}&theme=${theme}`}>{scene.name}</a>
          </li>
        ))}
      </ul>
    </main>
  );
}
