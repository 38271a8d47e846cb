// The process dies at every call of every write, before it and after it, and then the power goes. Whatever
// the disk made of what was not synced: the store opens, is exactly as before or as after, and takes the next
// write without leftovers.

namespace EmbedEngine.Tests.Storage;

public sealed class PowerCutTests : IDisposable
{
    private readonly ITestOutputHelper _output;
    private readonly StoreScratch _scratch = new();
    private readonly string _base;
    private readonly string _more;
    private readonly string _next;
    private readonly string _items;

    public PowerCutTests(ITestOutputHelper output)
    {
        _output = output;
        _base = _scratch.Shop("base.jsonl", 90, 10);
        _more = _scratch.Shop("more.jsonl", 40, 12, 2);
        _next = _scratch.Shop("next.jsonl", 20, 10, 3);
        _items = _scratch.Write("items.csv", "item,title,stock\n1,one,5\n2,two,6\n70,seventy,7\n");
    }

    private static int Seeds => TestScale.Full ? 8 : 1;

    public void Dispose() => _scratch.Dispose();

    [Theory]
    [InlineData("import")]
    [InlineData("publish")]
    [InlineData("rollback")]
    [InlineData("collect")]
    [InlineData("compact")]
    [InlineData("retention")]
    [InlineData("forget item")]
    [InlineData("import live")]
    [InlineData("compact live")]
    [InlineData("forget user live")]
    [InlineData("observe")]
    [InlineData("set attributes")]
    [InlineData("set attributes again")]
    [InlineData("import catalogue")]
    public void AnyCall_CrashThenPowerCut_LeavesTheOldStateOrTheNew(string what)
    {
        bool live = what.EndsWith("live", StringComparison.Ordinal);
        using SimulatedStore made = Make(live);
        if (what is "set attributes again" or "import catalogue") made.Run(e => SetAttributes(e, 1));
        Action<Engine> action = ActionOf(what);
        using SimulatedStore whole = made.Clone();
        string old = made.Dump(order: !live);
        whole.Run(action);
        int stride = TestScale.Stride(whole.Files.Calls, most: 15);
        string done = whole.Dump(order: !live);
        int cuts = 0, kept = 0;
        foreach (bool after in (bool[])[false, true])
        {
            for (int at = after ? stride / 2 : 0; ; at += stride)
            {
                using SimulatedStore crashed = made.Clone();
                (crashed.Files.CrashAt, crashed.Files.CrashAfter) = (at, after);
                try
                {
                    crashed.Run(action);
                }
                catch (EmbedEngineException e) when (e.Message.Contains(
                    "simulated", StringComparison.Ordinal))
                {
                    // The process is dead.
                }
                if (crashed.Files.Crash is null) break;
                for (int seed = 0; seed < Seeds; seed++)
                {
                    using SimulatedStore cut = crashed.PowerCut(seed * 1000 + at);
                    string found = cut.Dump(order: !live);
                    bool fine = found == old || found == done;
                    Assert.True(fine,
                        $"{what}, {crashed.Files.Crash}, seed {seed}:\n{found}\nOLD\n{old}\nNEW\n{done}");
                    if (found == old) kept++;
                    cut.Run(e => e.Import(EventSource.OttoJsonl(_next)));
                    if (what.Contains("attr", StringComparison.Ordinal) || what.Contains("catalogue",
                        StringComparison.Ordinal)) cut.Run(e => SetAttributes(e, 9));
                    Assert.True(!cut.Orphans().Any(),
                        $"{what}, {crashed.Files.Crash}: {string.Join(' ', cut.Orphans())}");
                    cuts++;
                }
            }
        }
        _output.WriteLine($"{what}: {cuts} power cuts, {kept} left the old state");
        Assert.InRange(cuts, 10, int.MaxValue);
    }

    private Action<Engine> ActionOf(string what) => what switch
    {
        "import" or "import live" => e => e.Import(EventSource.OttoJsonl(_more)),
        "publish" => e => e.Train(StoreScratch.Least(seed: 3)),
        "rollback" => e => e.Rollback(),
        "collect" => e => e.Collect(0),
        "compact" or "compact live" => e => e.Compact(),
        "retention" => e => e.Compact(TimeSpan.FromHours(1)),
        "forget item" => e => e.ForgetItem("3"),
        "forget user live" => e => e.ForgetUser("7"),
        "observe" => e => e.Observe("1", "2", timeMs: 5),
        "set attributes" => e => SetAttributes(e, 2),
        "set attributes again" => e => SetAttributes(e, 3),
        "import catalogue" => e => e.ImportCatalog(_items),
        _ => throw new ArgumentOutOfRangeException(nameof(what)),
    };

    private static void SetAttributes(Engine engine, double stock) => engine.SetAttributes(new ItemColumns
    {
        Items = new long[] { 1, 2, 3 },
        Columns =
        [
            ItemColumn.OfNumbers("stock", new[] { stock, stock, stock }),
            ItemColumn.OfTags("tags", [["a"], null, ["a", $"b{stock}"]]),
        ],
    });

    /// <summary>
    /// Three versions, two segments; with live, also logs of two observers, one taken up in part.
    /// </summary>
    private SimulatedStore Make(bool live)
    {
        SimulatedStore made = SimulatedStore.New(_scratch);
        using Engine engine = made.Open();
        engine.Import(EventSource.OttoJsonl(_base));
        engine.Train(StoreScratch.Tiny(seed: 1));
        engine.Train(StoreScratch.Tiny(seed: 2));
        engine.SetAlias("best", 1);
        engine.Train(StoreScratch.Tiny(seed: 1, name: "unused", publish: false));
        engine.Import(EventSource.OttoJsonl(_scratch.Shop("second.jsonl", 30, 10, 9)));
        if (!live) return made;
        for (int i = 0; i < 6; i++) engine.Observe($"{i + 5}", $"{i}", timeMs: 1_700_000_000_000 + i);
        engine.Import(EventSource.OttoJsonl(_scratch.Shop("third.jsonl", 30, 10, 10)));
        for (int i = 0; i < 6; i++) engine.Observe($"{i + 5}", $"{i + 2}", timeMs: 1_700_000_100_000 + i);
        engine.FlushObserved();
        return made;
    }
}
