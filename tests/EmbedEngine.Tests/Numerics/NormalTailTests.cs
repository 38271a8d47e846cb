// Tails against figures of tables (SciPy prints the same).

using EmbedEngine.Numerics;

namespace EmbedEngine.Tests.Numerics;

public sealed class NormalTailTests
{
    [Theory]
    [InlineData(0, 1)]
    [InlineData(0.5, 0.6170750774519738)]
    [InlineData(1.959963984540054, 0.05)]
    [InlineData(-1.959963984540054, 0.05)]
    [InlineData(3.4, 0.0006738585)]
    [InlineData(4, 6.334248366623996e-05)]
    [InlineData(6, 1.973175290075396e-09)]
    [InlineData(60, 0)]
    public void TwoSided_KnownFigures(double z, double p) =>
        Assert.Equal(p, NormalTail.TwoSided(z), Math.Max(p * 1e-6, 1e-15));

    [Theory]
    [InlineData(3.841458820694124, 1, 0.05)]
    [InlineData(5.991464547107979, 2, 0.05)]
    [InlineData(7.814727903251179, 3, 0.05)]
    [InlineData(9.487729036781154, 4, 0.05)]
    [InlineData(24.99579013972863, 15, 0.05)]
    [InlineData(0, 3, 1)]
    public void ChiSquare_KnownFigures(double x, int degrees, double p) =>
        Assert.Equal(p, NormalTail.ChiSquare(x, degrees), 1e-9);
}
