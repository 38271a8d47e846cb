// Versions change under requests in flight: none of them may fail, and the newest answers soon.

using System.Net;
using EmbedEngine.Server;

namespace EmbedEngine.Tests.Serving;

public sealed class HotPublishTests
{
    [Fact]
    public async Task Publishes_WhileClientsAsk_FailNoRequest()
    {
        using var scratch = new StoreScratch();
        scratch.MakeTrained(400, 20);
        using Engine publisher = scratch.Open();
        publisher.Train(StoreScratch.Least(2));
        await using ServedHost host = await ServedHost.Start(scratch.Store, new ServeOptions
        {
            RefreshEvery = TimeSpan.FromMilliseconds(10),
        });
        using var stop = new CancellationTokenSource();
        int answered = 0;
        var versions = new System.Collections.Concurrent.ConcurrentDictionary<long, int>();
        Task[] clients = [.. Enumerable.Range(0, 4).Select(client => Task.Run(async () =>
        {
            while (!stop.IsCancellationRequested)
            {
                (HttpStatusCode status, System.Text.Json.JsonElement json, _) =
                    await host.Ask("/v1/recommend", """{"events":[3,5],"limit":5}""");
                Assert.True(status == HttpStatusCode.OK, json.ToString());
                versions.TryAdd(json.GetProperty("model_version").GetInt64(), 0);
                Interlocked.Increment(ref answered);
            }
        }))];
        for (int p = 0; p < 20; p++)
        {
            int before = Volatile.Read(ref answered);
            publisher.Publish(1 + p % 2);
            long deadline = Environment.TickCount64 + 60_000;
            while (Volatile.Read(ref answered) < before + 10 && Environment.TickCount64 < deadline)
            {
                if (clients.FirstOrDefault(c => c.IsFaulted) is { } failed) await failed;
                await Task.Delay(2);
            }
        }
        await stop.CancelAsync();
        await Task.WhenAll(clients);
        Assert.Equal([1, 2], versions.Keys.Order());
        long active = publisher.RequireModel().Version.Number;
        long seen = 0;
        for (int wait = 0; seen != active && wait < 600; wait++)
        {
            seen = (await host.Get("/health/ready")).GetProperty("model_version").GetInt64();
            await Task.Delay(10);
        }
        Assert.Equal(active, seen);
    }

    [Fact]
    public async Task StoreWithoutVersion_IsNotReady_UntilOneIsTrained()
    {
        using var scratch = new StoreScratch();
        await using ServedHost host = await ServedHost.Start(scratch.Store, new ServeOptions
        {
            RefreshEvery = TimeSpan.FromMilliseconds(10),
        });
        Assert.Equal(HttpStatusCode.ServiceUnavailable, (await host.Ask("/health/ready")).Status);
        (HttpStatusCode status, System.Text.Json.JsonElement json, HttpResponseMessage reply) =
            await host.Ask("/v1/recommend", """{"events":[]}""");
        Assert.True(status == HttpStatusCode.ServiceUnavailable, json.ToString());
        Assert.Equal(TimeSpan.FromSeconds(1), reply.Headers.RetryAfter!.Delta);
        Assert.Equal(HttpStatusCode.OK, (await host.Ask("/health/live")).Status);
        scratch.MakeTrained(400, 20, StoreScratch.Least());
        for (int wait = 0; wait < 600; wait++)
        {
            if ((await host.Ask("/health/ready")).Status == HttpStatusCode.OK) break;
            await Task.Delay(10);
        }
        await host.Get("/v1/recommend", """{"events":[]}""");
    }
}
