using EmbedEngine.Recommendation.Live;

namespace EmbedEngine.Tests.Recommendation.Live;

public sealed class LiveItemsTests
{
    [Fact]
    public void Numbers_AreBounded_AndKeptByWhoeverNeedsThem()
    {
        var items = new LiveItems(KeyKind.Int64, 100);
        Assert.Equal(128, items.FirstRow);
        for (int i = 0; i < LiveItems.MostHeld; i++) Assert.True(items.TryHold($"{i}", out _));
        Assert.False(items.TryHold("-1", out _));
        Assert.True(items.TryAdd("-1", out int observed));
        Assert.True(items.TryAdd("7", out int seven));
        Assert.Equal(128 + 7, seven);
        items.Retain(_ => false);
        Assert.False(items.TryGetName(observed, out _));
        Assert.True(items.TryGetName(seven, out _));
        items.Release(seven);
        Assert.False(items.TryGetName(seven, out _));
        items.Release(128 + 8);
        Assert.True(items.TryAdd("9", out int nine));
        items.Release(nine);
        Assert.True(items.TryGetName(nine, out _));
    }
}
