import { Navigate } from "@tanstack/react-router";
import { useSession } from "../session/session-context";
import { planHome } from "../shell/rail-plan";

/** The role's home. */
export function Home() {
  const { session, may } = useSession();
  return <Navigate to={planHome(session.role, may)} replace />;
}
