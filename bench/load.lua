-- The users of bench/load: each asks for one page after the other from a list of addresses, and reads it for a while.
local paths, at = {}, 0
local think = tonumber(os.getenv("THINK_MS"))

function init()
   for line in io.lines(os.getenv("PATHS")) do paths[#paths + 1] = line end
   math.randomseed(7)
end

function request()
   at = at % #paths + 1
   return wrk.format("GET", paths[at])
end

function delay()
   return think == 0 and 0 or math.random(math.floor(think / 2), math.floor(think * 1.5))
end

function done(summary, latency)
   local errors = summary.errors
   local failed = errors.connect + errors.read + errors.write + errors.status + errors.timeout
   io.write(string.format("figures %d %.0f %d %d %d %d %d\n", summary.requests,
      summary.requests / (summary.duration / 1e6), failed,
      latency:percentile(50), latency:percentile(95), latency:percentile(99), latency.max))
end
