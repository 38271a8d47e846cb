namespace EmbedEngine.Tests;

/// <summary>Whether a call allocates on its thread once it is warm.</summary>
internal static class Allocation
{
    // Warm means: scratch grown, and the runtime done with compiling anew what runs often, which may itself
    // allocate on this thread; and a collection that another test's thread causes ends this thread's
    // allocation buffer, whose unused rest then counts. A request that allocates does so in every round: one
    // round of nothing is the proof.
    public static void AssertNone(Action run)
    {
        var bytes = new List<long>();
        for (int round = 0; round < 200 && !bytes.Contains(0); round++)
        {
            long before = GC.GetAllocatedBytesForCurrentThread();
            run();
            bytes.Add(GC.GetAllocatedBytesForCurrentThread() - before);
        }
        Assert.True(bytes.Contains(0), $"bytes a round: {string.Join(", ", bytes)}");
    }
}
