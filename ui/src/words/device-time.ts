import { useEffect, useRef, useState } from "react";

/** The device's time: what Rust reported as `start`, advanced by the page's own monotonic clock. */
export function useDeviceTime(start: string): Date {
  const origin = useRef({ start, at: performance.now() });
  if (origin.current.start !== start) origin.current = { start, at: performance.now() };
  const read = () => new Date(new Date(origin.current.start).getTime() + performance.now() - origin.current.at);
  const [now, setNow] = useState(read);
  useEffect(() => {
    const timer = setInterval(() => setNow(read()), 1000);
    return () => clearInterval(timer);
  });
  return origin.current.start === start ? now : read();
}

/** Seconds left of a wait of `seconds` that started when `key` last changed. */
export function useCountdown(seconds: number, key: unknown): number {
  const [left, setLeft] = useState(seconds);
  // biome-ignore lint/correctness/useExhaustiveDependencies: a new key restarts the same wait
  useEffect(() => {
    setLeft(seconds);
    if (seconds <= 0) return;
    const end = performance.now() + seconds * 1000;
    const timer = setInterval(() => {
      const next = Math.max(0, Math.ceil((end - performance.now()) / 1000));
      setLeft(next);
      if (next === 0) clearInterval(timer);
    }, 250);
    return () => clearInterval(timer);
  }, [seconds, key]);
  return left;
}
