import { Navigate } from "@tanstack/react-router";
import { useSession } from "../session/session-context";
import { planHome } from "../shell/rail-plan";

/** Redirects to the home screen of the role. */
export function Home() {
  const { session, may } = useSession();
  return <Navigate to={planHome(session.role, may)} replace />;
}
