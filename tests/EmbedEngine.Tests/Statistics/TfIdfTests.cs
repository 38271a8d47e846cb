using EmbedEngine.Numerics;
using EmbedEngine.Statistics;

namespace EmbedEngine.Tests.Statistics;

public sealed class TfIdfTests
{
    [Fact]
    public void Build_ByHand()
    {
        // Three customers with tokens, one without: N = 3. Tokens 0 and 1 are with two of them, 2 with one, 3
        // with none.
        CsrMatrix matrix = TfIdf.Build([0, 4, 4, 6, 7], [2, 0, 2, 0, 0, 1, 1], 4);
        Assert.Equal([0, 2, 2, 4, 5], matrix.Offsets);
        Assert.Equal([0, 2, 0, 1, 1], matrix.Indices);
        double two = Math.Log(4.0 / 3) + 1, one = Math.Log(4.0 / 2) + 1;
        double[] expected = [2 * two, 2 * one, two, two, two];
        for (int i = 0; i < 5; i++) Assert.Equal(expected[i], matrix.Values[i], 1e-6);
    }

    [Fact]
    public void Build_NoCustomers_IsEmpty() => Assert.Equal(0, TfIdf.Build([0], [], 5).Count);
}
