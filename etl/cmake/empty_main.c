/* The program around a whole layer: that it links is the test (see layers.cmake). */
int main(void)
{
    return 0;
}
