import { Notice } from "../components/notice.view";
import type { SignInProblemDto } from "../ipc/bindings";
import { useWords } from "../words/words";

/** What the clinic's sign-in lacks, and who can mend it. */
export function SignInProblem({ problem }: { problem: SignInProblemDto }) {
  const say = useWords();
  if (problem.kind === "second_factor") {
    return (
      <Notice tone="critical" role="alert" title={say("signin.problem.factor.title")}>
        {say("signin.problem.factor.next")}
      </Notice>
    );
  }
  if (problem.kind === "roles_token") {
    return (
      <Notice tone="critical" role="alert" title={say("signin.problem.token.title")}>
        {say(`signin.problem.token.${problem.fault}`, { token: say(`signin.problem.token.${problem.from}`) })}
      </Notice>
    );
  }
  const expected = problem.expected.join(", ");
  return (
    <Notice tone="critical" role="alert" title={say("signin.problem.role.title")}>
      {problem.named === null
        ? say("signin.problem.role.none", { claim: problem.claim })
        : problem.named.length === 0
          ? say("signin.problem.role.empty", { expected })
          : say("signin.problem.role.other", { named: problem.named.join(", "), expected })}
    </Notice>
  );
}
