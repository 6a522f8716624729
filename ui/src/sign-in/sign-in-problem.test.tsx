import { render, screen } from "@testing-library/react";
import { IntlProvider } from "react-intl";
import { expect, test } from "vitest";
import type { SignInProblemDto } from "../ipc/bindings";
import { messages } from "../words/words";
import { SignInProblem } from "./sign-in-problem.view";

const check = (problem: SignInProblemDto, words: RegExp) => {
  const { unmount } = render(
    <IntlProvider locale="en" messages={messages}>
      <SignInProblem problem={problem} />
    </IntlProvider>,
  );
  expect(screen.getByRole("alert")).toHaveTextContent(words);
  unmount();
};

test("a refusal names what came, what was expected and who can mend it", () => {
  const expected = ["ward-nurse"];
  const claim = "realm_access.roles";
  check({ kind: "no_role", claim, named: null, expected }, /the claim realm_access\.roles is missing.*IT can add it/);
  check({ kind: "no_role", claim, named: [], expected }, /empty list of roles.*ward-nurse/);
  check(
    { kind: "no_role", claim, named: ["offline_access", "uma_authorization"], expected },
    /offline_access, uma_authorization.*ward-nurse.*map them in the site file/,
  );
  check({ kind: "roles_token", from: "access_token", fault: "not_bound" }, /at_hash is missing.*IT can change this/);
  check(
    { kind: "roles_token", from: "userinfo", fault: "not_signed" },
    /userinfo that should list your role is not signed/,
  );
  check({ kind: "second_factor", expected: [] }, /did not confirm a second step/);
});
