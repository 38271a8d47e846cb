namespace EmbedEngine.Recommendation;

/// <summary>
/// Lends scratches without a lock: a slot is taken and given back by one exchange. When all slots are out
/// (more threads than slots) a new scratch is made and later dropped.
/// </summary>
internal sealed class ScratchPool(int rowCount, int dims)
{
    private const int Slots = 64;

    private readonly RequestScratch?[] _slots = new RequestScratch?[Slots];

    public RequestScratch Rent()
    {
        int start = Environment.CurrentManagedThreadId % Slots;
        for (int i = 0; i < Slots; i++)
        {
            ref RequestScratch? slot = ref _slots[(start + i) % Slots];
            if (slot is null) continue;
            RequestScratch? scratch = Interlocked.Exchange(ref slot, null);
            if (scratch is not null) return scratch;
        }
        return new RequestScratch(rowCount, dims);
    }

    public void Return(RequestScratch scratch)
    {
        int start = Environment.CurrentManagedThreadId % Slots;
        for (int i = 0; i < Slots; i++)
        {
            if (Interlocked.CompareExchange(ref _slots[(start + i) % Slots], scratch, null) is null) return;
        }
    }
}
