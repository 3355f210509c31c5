// Package pace answers one question: when may the next request go out?
//
// A Gate stands before an endpoint, or before one model of it. Whoever wants to
// ask enters, waits for a pass, asks, and hands the pass back with what came of
// it. The gate lets waiters through in the order of their coming when four
// things allow it:
//
//   - the window: calls in flight. It starts small, grows by one for each call
//     that succeeds until the server refuses more than a tenth of them, is halved
//     then, and from there grows by one a round, as TCP's does (Jacobson 1988);
//   - the rates: requests and tokens a minute, as stated, and a rate of requests
//     that is learnt from the server's refusals in the same way. In no minute do
//     more requests or tokens go out than stated;
//   - the pause that a refusal asks for (Retry-After, up to a limit), or an
//     exponential one with jitter where it asks for none;
//   - the breaker: after several failures in a row nothing goes out for a while,
//     then one call as a probe, and the rest when it succeeds. When many probes
//     have failed in a row the gate is down, and who waits is told so.
//
// All waiters hang on one timer and one queue. So nothing rushes when a pause
// ends: requests leave one by one, at the rate that was learnt. Jitter is drawn
// from a seed and the gate's name. Time is that of package time, which
// testing/synctest makes run at will.
package pace
